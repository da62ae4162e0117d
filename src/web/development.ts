/** Whether the API that serves the page says that it isn't in production. */
export const isDevelopment = (): boolean =>
  document.querySelector<HTMLMetaElement>('meta[name="development"]')?.content === 'true';
