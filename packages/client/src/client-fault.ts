/** The client was set up wrongly; `code` is closed, and no message repeats a secret. */
export class ClientFault extends Error {
  readonly code: 'STRATA_CLIENT_SECRET';

  constructor(code: 'STRATA_CLIENT_SECRET', message: string) {
    super(message);
    this.name = 'ClientFault';
    this.code = code;
  }
}
