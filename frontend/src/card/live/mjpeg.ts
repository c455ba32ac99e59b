/** Puts pictures together that come over a data channel of Janus. */

// A header says how long the picture is, in base64 and as JPEG: "\r\n<base64>:<jpeg>\r\n".
const HEADER = /^\r\n(\d{1,8}):(\d{1,8})\r\n$/;
const LONGEST_HEADER = 32;
// Characters. Agents send no larger pictures of a webcam either.
const LARGEST_PICTURE = 7_000_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads the messages of one channel. */
export class PictureReader {
  private pieces: string[] = [];
  private missing = 0;

  private readonly decoder = new TextDecoder("latin1");

  /** Returns the picture, as the address of an image, that a message completes. */
  read(message: ArrayBuffer): string | undefined {
    const piece = this.decoder.decode(message);
    const header = piece.length <= LONGEST_HEADER ? HEADER.exec(piece) : null;
    if (header) {
      // Also in the middle of a picture, the rest of which was lost.
      this.pieces = [];
      const length = Number(header[1]);
      this.missing = length <= LARGEST_PICTURE ? length : 0;
      return undefined;
    }
    // Before the first header, and after more than it announced.
    if (this.missing === 0) return undefined;
    this.pieces.push(piece);
    this.missing -= piece.length;
    if (this.missing > 0) return undefined;
    const picture = this.pieces.join("");
    const isWhole = this.missing === 0 && BASE64.test(picture);
    this.pieces = [];
    this.missing = 0;
    return isWhole ? `data:image/jpeg;base64,${picture}` : undefined;
  }
}
