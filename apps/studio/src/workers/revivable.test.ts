import { expect, test } from "vitest";
import { Revivable } from "./revivable.ts";

type Ask = { readonly do: "echo"; readonly text: string } | { readonly do: "hang" };
interface Answers {
  echo: string;
  hang: null;
}
interface Posted {
  readonly call: number;
  readonly ask: Ask;
}

/** A worker that answers one question after the other, and none after one that hangs. */
class StandIn {
  onmessage: (event: { readonly data: unknown }) => void = () => {};
  onerror: unknown = null;
  readonly heard: Ask[] = [];
  ended = false;
  #stuck = false;
  postMessage({ call, ask }: Posted): void {
    this.heard.push(ask);
    if (ask.do === "hang") this.#stuck = true;
    else if (!this.#stuck)
      queueMicrotask(() => {
        if (!this.ended) this.onmessage({ data: { call, ok: ask.text } });
      });
  }
  terminate(): void {
    this.ended = true;
  }
}
function begun(restore?: Ask) {
  const workers: StandIn[] = [];
  const start = (): Worker => {
    const worker = new StandIn();
    workers.push(worker);
    return worker as unknown as Worker;
  };
  return {
    workers,
    own: new Revivable<Ask, Answers>(
      start,
      () => {},
      () => restore,
      () => {},
    ),
  };
}

test("what is asked is answered, in turn", async () => {
  const { own, workers } = begun();
  expect(await Promise.all(["a", "b"].map((text) => own.ask({ do: "echo", text })))).toEqual(["a", "b"]);
  expect(own.current).toBeUndefined();
  expect(workers).toHaveLength(1);
});
test("a question that hangs is given up; what stood is brought back, and what waited behind it is answered", async () => {
  const { own, workers } = begun({ do: "echo", text: "opened" });
  const hung = own.ask({ do: "hang" }).catch((error: unknown) => error);
  const behind = own.ask({ do: "echo", text: "behind" });
  own.revive(new Error("too long"));
  expect(await hung).toMatchObject({ message: "too long" });
  expect(await behind).toBe("behind");
  expect(workers.map((one) => one.ended)).toEqual([true, false]);
  expect(workers[1]?.heard).toEqual([
    { do: "echo", text: "opened" },
    { do: "echo", text: "behind" },
  ]);
  expect(await own.ask({ do: "echo", text: "later" })).toBe("later");
});
test("where nothing was open nothing is brought back", async () => {
  const { own, workers } = begun();
  const hung = own.ask({ do: "hang" }).catch((error: unknown) => error);
  own.revive(new Error("too long"));
  await hung;
  expect(workers[1]?.heard).toEqual([]);
});
