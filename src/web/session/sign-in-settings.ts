import type { SignIn } from '../../model/sign-in.js';

/** How visitors sign in. Read from a meta element, because the page's policy allows no inline script. */
export function readSignIn(): SignIn {
  const { content } = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')!;
  return JSON.parse(content) as SignIn;
}
