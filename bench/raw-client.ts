// Kept connections that speak just enough HTTP/1.1 to measure a server: the generator must cost less than what it asks.
import { connect, type Socket } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');

export interface Reply {
  readonly status: number;
  readonly bytes: number;
  /** The server closes the connection after it. */
  readonly closes: boolean;
  /** The body, where it was asked for. */
  readonly text: string | undefined;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

interface Waiting {
  readonly keep: boolean;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** One kept connection with one request under way. */
export class RawClient {
  readonly #socket: Socket;
  readonly #host: string;
  #waiting: Waiting | undefined;
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  #length = -1;
  #closes = false;
  #got = 0;
  #parts: Buffer[] = [];

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new RawClient(socket, `127.0.0.1:${port}`)));
      socket.once('error', reject);
    });
  }

  /** Send one request; with `keep` the body of its answer is given back too. */
  ask({ method, path, body }: Request, keep = false): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const more = text ? `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` : '';
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nX-OpenStack-Ironic-API-Version: 1.115\r\n${more}\r\n`;
    return this.send(head + text, keep);
  }

  /** Send bytes that need be no request at all, and wait for one answer; rejects when the connection ends instead. */
  send(bytes: string | Uint8Array, keep = false): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { keep, resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    let body = chunk;
    if (this.#length < 0) {
      this.#head = this.#head.length ? Buffer.concat([this.#head, chunk]) : chunk;
      const end = this.#head.indexOf(headEnd);
      if (end < 0) return;
      const head = this.#head.toString('latin1', 0, end);
      this.#status = Number(head.slice(9, 12));
      this.#length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      this.#closes = /\r\nconnection: close/i.test(head);
      body = this.#head.subarray(end + headEnd.length);
      this.#head = Buffer.alloc(0);
    }
    this.#got += body.length;
    if (this.#waiting?.keep) this.#parts.push(body);
    if (this.#got >= this.#length) this.#done();
  }

  #done(): void {
    const waiting = this.#waiting;
    const text = waiting?.keep ? Buffer.concat(this.#parts).toString() : undefined;
    const reply = { status: this.#status, bytes: this.#got, closes: this.#closes, text };
    this.#waiting = undefined;
    this.#length = -1;
    this.#got = 0;
    this.#parts = [];
    waiting?.resolve(reply);
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
