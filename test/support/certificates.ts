import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The files of a certificate and its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** Issues a certificate for a name, which is also that of a client. It is valid for this machine's addresses. */
  issue(name: string): Promise<Certificate>;
}

/** A certificate authority of a test's own, in this folder, made with OpenSSL. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const files = (what: string) => ({ cert: join(folder, `${what}.pem`), key: join(folder, `${what}.key`) });
  const own = files(name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', own.key, '-out', own.cert);
  return {
    ...own,
    async issue(subject) {
      const issued = files(`${name}-${subject}`);
      const extensions = join(folder, `${subject}.ext`);
      await writeFile(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1');
      const request = `${issued.cert}.csr`;
      await openssl('req', ...newKey, '-subj', `/CN=${subject}`, '-keyout', issued.key, '-out', request);
      const by = [
        '-CA',
        own.cert,
        '-CAkey',
        own.key,
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        extensions,
      ];
      await openssl('x509', '-req', '-in', request, ...by, '-out', issued.cert);
      // libpq and PostgreSQL refuse a key that others can read.
      await chmod(issued.key, 0o600);
      return issued;
    },
  };
}
