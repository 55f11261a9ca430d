/**
 * Text made safe inside SVG, XML and HTML.
 * @example
 * escapeXml("a < b"); // => "a &#60; b"
 */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
