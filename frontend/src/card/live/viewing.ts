/** One viewing of a camera's live video, from Home Assistant's answer to its end. */
import type { HomeAssistant } from "../../shared/hass";
import { PictureReader } from "./mjpeg";

/** How a webcam is mounted: its video is flipped, then turned clockwise. */
export interface Mounting {
  readonly flip_horizontal: boolean;
  readonly flip_vertical: boolean;
  readonly rotation: number;
}

export interface Offer extends Mounting {
  readonly type: "offer";
  readonly session: number;
  readonly sdp: string;
  readonly kind: "h264" | "mjpeg";
  /** For how long it may last; null without a limit. */
  readonly seconds: number | null;
}

/** Why a viewing has ended, and in how many seconds the next one may begin, where there is a limit. */
export interface Ended {
  readonly type: "ended";
  readonly reason: string;
  readonly seconds?: number;
}

export interface Listener {
  offered(offer: Offer): void;
  /** The video, which begins to move. */
  video(stream: MediaStream): void;
  /** A picture of those that come one by one, as the address of an image. */
  picture(address: string): void;
  ended(ended: Ended): void;
}

// The name that Janus gives its own channel.
const CHANNEL = "JanusDataChannel";
// In ms. A connection that is interrupted mostly comes back by itself within this time.
const INTERRUPTED = 4_000;

let servers: Promise<RTCIceServer[]> | undefined;

/** Returns the servers that help browsers find a way, as Home Assistant knows them. */
function iceServers(hass: HomeAssistant): Promise<RTCIceServer[]> {
  servers ??= hass.callWS<RTCIceServer[]>({ type: "web_rtc/ice_servers" }).catch(() => {
    servers = undefined;
    return [];
  });
  return servers;
}

export class Viewing {
  private connecting: RTCPeerConnection | undefined;
  private readonly unsubscribe: Promise<() => Promise<void>>;
  private interrupted: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;

  constructor(
    private readonly hass: HomeAssistant,
    entityId: string,
    private readonly listener: Listener,
  ) {
    this.unsubscribe = hass.connection.subscribeMessage<Offer | Ended>(
      (event) => {
        if (this.isOver) return;
        if (event.type === "ended") this.end(event);
        else void this.answer(event);
      },
      { type: "obico/janus/open", entity_id: entityId },
      // After Home Assistant was restarted the next viewing is for whoever looks to begin.
      { resubscribe: false },
    );
    this.unsubscribe.catch(() => this.end({ type: "ended", reason: "failed" }));
  }

  /** Ends it without telling the listener. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.interrupted);
    this.connecting?.close();
    this.connecting = undefined;
    void this.unsubscribe.then((unsubscribe) => unsubscribe()).catch(() => {});
  }

  private end(ended: Ended): void {
    if (this.isOver) return;
    this.close();
    this.listener.ended(ended);
  }

  private async answer(offer: Offer): Promise<void> {
    this.listener.offered(offer);
    const send = (what: Record<string, unknown>) =>
      this.hass
        .callWS({ type: "obico/janus/send", session: offer.session, ...what })
        // It ends by itself where this matters.
        .catch(() => {});
    try {
      const connection = new RTCPeerConnection({ iceServers: await iceServers(this.hass) });
      if (this.isOver) {
        connection.close();
        return;
      }
      this.connecting = connection;
      connection.ontrack = ({ track, streams }) => {
        if (track.kind === "video") this.listener.video(streams[0] ?? new MediaStream([track]));
      };
      connection.onconnectionstatechange = () => this.follow(connection);
      const gathered: RTCIceCandidate[] = [];
      let isAnswered = false;
      const sendCandidate = ({ candidate, sdpMLineIndex }: RTCIceCandidate) =>
        void send({ candidate, line: sdpMLineIndex ?? 0 });
      connection.onicecandidate = ({ candidate }) => {
        if (!candidate) void send({ candidate: "" });
        else if (isAnswered) sendCandidate(candidate);
        else gathered.push(candidate);
      };
      await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp });
      if (offer.kind === "mjpeg") this.read(connection);
      const answer = await connection.createAnswer();
      await connection.setLocalDescription(answer);
      await send({ answer: answer.sdp });
      isAnswered = true;
      gathered.forEach(sendCandidate);
    } catch {
      this.end({ type: "ended", reason: "unsupported" });
    }
  }

  /** Reads the pictures of a data channel; Janus makes one as well, under the same name. */
  private read(connection: RTCPeerConnection): void {
    const listen = (channel: RTCDataChannel) => {
      const reader = new PictureReader();
      channel.binaryType = "arraybuffer";
      channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
        const picture = data instanceof ArrayBuffer ? reader.read(data) : undefined;
        if (picture !== undefined && !this.isOver) this.listener.picture(picture);
      };
    };
    connection.ondatachannel = ({ channel }) => listen(channel);
    listen(connection.createDataChannel(CHANNEL));
  }

  private follow(connection: RTCPeerConnection): void {
    clearTimeout(this.interrupted);
    const gone = () => this.end({ type: "ended", reason: "hangup" });
    if (["failed", "closed"].includes(connection.connectionState)) gone();
    if (connection.connectionState === "disconnected") {
      this.interrupted = setTimeout(gone, INTERRUPTED);
    }
  }
}
