import { createMemo, For, type JSX } from "solid-js";

/** A list whose elements stay the same as long as their keys do, whatever becomes of their values: the focus stays where it is. */
export function ByKey<T>(props: {
  readonly each: readonly T[];
  readonly by: (item: T) => string;
  readonly children: (item: () => T, index: () => number) => JSX.Element;
}): JSX.Element {
  const items = createMemo(() => new Map(props.each.map((item) => [props.by(item), item])));
  const keys = createMemo(() => [...items().keys()]);
  return (
    <For each={keys()}>
      {(key, index) => {
        // an element that is about to go shows what it last was
        let last = items().get(key) as T;
        return props.children(() => {
          last = items().get(key) ?? last;
          return last;
        }, index);
      }}
    </For>
  );
}
