/** Uploads to the cloud, through Home Assistant. */
import type { HomeAssistant } from "../shared/hass";
import { text } from "../shared/texts";
import type { PrintFile } from "./library";

interface Upload {
  readonly entryId: string;
  readonly folder: string;
  readonly file: File;
  /** Told of the part that is sent, from 0 to 1. */
  readonly progress: (part: number) => void;
}

/** Sends a file as it is, which Home Assistant streams on; throws an error that says what went wrong. */
export async function upload(hass: HomeAssistant, what: Upload): Promise<PrintFile> {
  const { auth, localize } = hass;
  if (auth.expired) await auth.refreshAccessToken();
  const query = new URLSearchParams({
    filename: what.file.name,
    ...(what.folder ? { folder: what.folder } : {}),
  });
  const path = `/api/obico/files/${what.entryId}/upload?${query}`;
  // Not fetch(), which does not tell how much is sent.
  const request = new XMLHttpRequest();
  request.open("POST", hass.hassUrl(path));
  request.setRequestHeader("Authorization", `Bearer ${auth.accessToken}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.responseType = "json";
  request.upload.onprogress = ({ loaded, total }) => what.progress(total ? loaded / total : 0);
  await new Promise<void>((done) => {
    request.onloadend = () => done();
    request.send(what.file);
  });
  const answer = request.response as { file?: PrintFile; message?: string } | null;
  if (answer?.file) return answer.file;
  const why = request.status === 401 ? "library.only_administrators" : "library.upload_failed";
  throw new Error(answer?.message || text(localize, why));
}
