/** What a scenario is made of: exchanges as data, run alike against a real cloud and against the simulator. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Catalogue types; a path is appended to the service's public endpoint. `identity-root` is the authentication URL without `/v3`. */
export type Service = 'identity' | 'identity-root' | 'image' | 'compute' | 'network' | 'volumev3' | 'orchestration' | 'load-balancer';

/** Whose token goes along. `token:NAME` takes the variable NAME, which an earlier exchange captured. */
export type Actor = 'none' | 'bad' | 'demo' | 'reader' | 'other' | 'admin' | 'service' | `token:${string}`;

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Repeats a read until it answers as wanted. An exchange that is still different at the deadline fails the run. */
export type Until =
  | { readonly pointer: string; readonly in: readonly Json[]; readonly seconds: number }
  | { readonly status: number; readonly seconds: number };

export interface Exchange {
  /** Unique in the whole scenario; part of the recording's file name. */
  readonly name: string;
  readonly service: Service;
  readonly actor: Actor;
  readonly method: Method;
  /** With `{{variables}}`; relative to the service's endpoint, or a whole URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. A string that is one `{{variable}}` and nothing else keeps the variable's JSON type. */
  readonly body?: Json;
  /** Sent as it stands, for bodies that are no JSON. */
  readonly rawBody?: string;
  /** Variable ← JSON pointer into the answer's body, or `header:NAME`. */
  readonly capture?: Readonly<Record<string, string>>;
  readonly until?: Until;
  /** Pointers (`*` stands for any key or index) that may differ between clouds, each with the reason. */
  readonly ignore?: Readonly<Record<string, string>>;
  /** Pointers whose values, not only shapes, must agree. */
  readonly same?: readonly string[];
  readonly note?: string;
}

export interface Topic {
  readonly name: string;
  readonly exchanges: readonly Exchange[];
}

/** The part of an exchange that is kept and compared; every identifier in it is replaced by a placeholder. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, else the text; null when there is none. */
  readonly body: Json;
}

export interface Recording {
  readonly name: string;
  readonly service: Service;
  readonly actor: Actor;
  readonly request: { readonly method: Method; readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Json };
  readonly response: Answer;
}
