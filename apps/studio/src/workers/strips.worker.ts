import { serveStrips } from "@kuishi/flow/strips";

/** A thread that renders strips for the one that mixes and writes. */
const take = serveStrips((message, transfer) => self.postMessage(message, { transfer }));
self.onmessage = ({ data }) => take(data);
