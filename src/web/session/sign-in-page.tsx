import { useState } from 'preact/hooks';
import { session } from '../net/ask.js';
import { Field, Heading } from '../look/elements.js';
import type { SessionState } from './session.js';
import { viewerOf } from './use-session.js';

/** Shown to visitors who aren't signed in, whatever the address. */
export const SignInPage = ({ problem }: { problem: string | undefined }) => (
  <>
    <Heading title="Sign in">Sign in</Heading>
    <p class="lead">You see and change your own bookings.</p>
    <SignInForm problem={problem} label="Sign in" />
  </>
);

/** Shown above the page when the session has ended. What is typed below stays. */
export const SignInAgain = ({ problem }: { problem: string | undefined }) => (
  <section class="attention" aria-labelledby="sign-in-again">
    <div role="alert">
      <h2 id="sign-in-again">Your session has ended</h2>
      <p>Sign in again to go on. What you have typed is kept.</p>
    </div>
    <SignInForm problem={problem} label="Sign in again" />
  </section>
);

/** Shown while it isn't known whether the visitor is signed in. */
export const Starting = ({ problem }: { problem: string | undefined }) => (
  <>
    <p role="status" class="status">
      {problem ?? 'Loading…'}
    </p>
    {problem !== undefined && (
      <button type="button" onClick={() => void session.start()}>
        Try again
      </button>
    )}
  </>
);

interface SignInFormProps {
  /** Why the visitor has to sign in. */
  readonly problem: string | undefined;
  readonly label: string;
}

function SignInForm({ problem: reason, label }: SignInFormProps) {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string>();
  const problem = failure ?? reason;
  const run = (signIn: () => Promise<void>) => {
    setFailure(undefined);
    signIn().catch((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)));
  };

  if (session.mode === 'oidc') {
    return (
      <>
        <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
        <button type="button" class="main-action" onClick={() => run(() => session.signIn())}>
          {label}
        </button>
      </>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run(() => session.paste(token));
      }}
    >
      <p>
        Paste a token, such as <code>npm run token</code> prints.
      </p>
      <Field
        name="token"
        label="Token"
        value={token}
        onValue={setToken}
        problem={problem}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
      />
      <button type="submit" class="main-action">
        {label}
      </button>
    </form>
  );
}

/** Who is signed in, and the way out. */
export function Visitor({ state }: { state: SessionState }) {
  const viewer = viewerOf(state);
  if (session.mode === 'none' || !viewer) return null;
  return (
    <p class="visitor">
      <span class="quiet">{viewer.subject}</span>
      <button type="button" onClick={() => void session.signOut()}>
        Sign out
      </button>
    </p>
  );
}
