import { render } from 'preact';
import { App } from './app.js';
import { session } from './net/ask.js';

const container = document.getElementById('app');
if (!container) throw new Error('index.html has no #app element');
void session.start();
container.replaceChildren();
render(<App />, container);
