/** Pictures and videos behind authenticated addresses of Home Assistant. */
import type { HomeAssistant } from "./hass";

// In seconds. Longer than anybody looks at one page; a video is asked for piece by piece while it is played.
const VALIDITY = 6 * 60 * 60;

interface Signed {
  readonly until: number;
  readonly url: Promise<string>;
}

const signed = new Map<string, Signed>();

/** Returns an address that an element can load: that of a path, with a signature of Home Assistant. */
export async function signedUrl(hass: HomeAssistant, path: string): Promise<string> {
  const known = signed.get(path);
  if (known && known.until > Date.now()) return known.url;
  const url = hass
    .callWS<{ path: string }>({ type: "auth/sign_path", path, expires: VALIDITY })
    .then((answer) => hass.hassUrl(answer.path));
  // Half of the time is left for what is loaded later.
  signed.set(path, { until: Date.now() + (VALIDITY / 2) * 1000, url });
  url.catch(() => signed.delete(path));
  return url;
}
