import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { loadAuthConfig } from '../config/auth-config.js';
import { InvalidConfiguration } from '../config/settings.js';
import { exitWith } from './process.js';

/** Prints a token for development: `npm run token -- --subject ada --role operator --hours 8`. */

const USAGE = 'Usage: npm run token -- --subject <subject> [--role <role>]… [--hours <hours, 8 by default>]';

class InvalidArguments extends Error {
  override readonly name = 'InvalidArguments';
}

try {
  const { subject, role = [], hours = '8' } = argumentsOf(process.argv.slice(2));
  const auth = loadAuthConfig();
  if (!auth || !('secret' in auth.keys)) {
    throw new InvalidConfiguration([
      'AUTH_KEY: must be the secret of the API that is to accept the token, together with its AUTH_ISSUER and AUTH_AUDIENCE',
    ]);
  }
  const token = await new SignJWT({ [auth.rolesClaim]: role })
    .setProtectedHeader({ alg: auth.algorithms[0] ?? '' })
    .setSubject(subject)
    .setIssuer(auth.issuer)
    .setAudience(auth.audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000 + Number(hours) * 3600))
    .sign(auth.keys.secret);
  console.log(token);
} catch (error) {
  exitWith(error);
}

function argumentsOf(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        subject: { type: 'string' },
        role: { type: 'string', multiple: true },
        hours: { type: 'string' },
      },
    });
    const { subject, hours } = values;
    if (!subject || (hours !== undefined && !(Number(hours) > 0))) throw new InvalidArguments(USAGE);
    return { ...values, subject };
  } catch (error) {
    throw error instanceof InvalidArguments ? error : new InvalidArguments(`${String(error)}\n${USAGE}`);
  }
}
