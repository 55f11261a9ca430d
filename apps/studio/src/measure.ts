/** Tells whoever measures the page from outside (tests, benchmarks) what it knows of itself: an event on the window, heard by nobody else. */
export function measure(name: string, value: unknown): void {
  window.dispatchEvent(new CustomEvent("kuishi-measure", { detail: { name, value } }));
}
