// The guide with npm's ws.
import WebSocket from 'ws';
import { open, takeAllSteps } from './guide.mjs';
import { key, media, methodUrl, print, run } from './peer.mjs';

await run(async () => takeAllSteps(await open(WebSocket, methodUrl('BidiGenerateContent', `key=${key}`)), media, print));
