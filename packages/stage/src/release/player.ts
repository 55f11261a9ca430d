/**
 * The script of a release's page: without it every track has the browser's own controls. A track begins as a stream, so that it sounds at
 * once; meanwhile it is decoded whole, goes over to the decoded sound, and from then on the next begins on the very frame where the last
 * ends. It stands in the page as text and refers to nothing around it.
 */
export function releasePlayer(): void {
  interface Row {
    readonly audio: HTMLAudioElement;
    readonly button: HTMLButtonElement;
    readonly frames: number;
    readonly title: string;
    sound?: Promise<AudioBuffer>;
  }
  const RATE = 48_000;
  const FADE_SEC = 0.03;
  const rows: Row[] = [...document.querySelectorAll<HTMLElement>("[data-track]")].map((element) => ({
    audio: element.querySelector("audio")!,
    button: element.querySelector<HTMLButtonElement>("button.play")!,
    frames: Number(element.dataset["frames"]),
    title: element.dataset["track"]!,
  }));
  const bar = document.querySelector<HTMLElement>("#player")!;
  const position = bar.querySelector<HTMLInputElement>("input")!;
  const toggle = bar.querySelector<HTMLButtonElement>("#toggle")!;
  const name = bar.querySelector<HTMLElement>("#now")!;
  let context: AudioContext | undefined;
  /** What sounds: which row, and the context's second in which its first frame lay; undefined while it streams. */
  let now: { index: number; began?: number; node?: AudioBufferSourceNode; gain?: GainNode } | undefined;
  let following: { index: number; began: number; node: AudioBufferSourceNode; gain: GainNode } | undefined;

  const decoded = (index: number): Promise<AudioBuffer> => {
    const row = rows[index]!;
    context ??= new AudioContext({ sampleRate: RATE });
    const own = context;
    row.sound ??= fetch(row.audio.currentSrc || row.audio.querySelector("source")!.src)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => own.decodeAudioData(bytes));
    return row.sound;
  };
  /** Plays a row's decoded sound so that its first frame lies at `began`. */
  const start = (index: number, sound: AudioBuffer, began: number, at: number, fade: number): { node: AudioBufferSourceNode; gain: GainNode } => {
    const own = context!;
    const gain = new GainNode(own, { gain: fade > 0 ? 0 : 1 });
    if (fade > 0) gain.gain.setValueAtTime(0, at).linearRampToValueAtTime(1, at + fade);
    const node = new AudioBufferSourceNode(own, { buffer: sound });
    node.connect(gain).connect(own.destination);
    node.start(at, at - began, rows[index]!.frames / RATE - (at - began));
    return { node, gain };
  };
  const stop = (): void => {
    for (const one of [now, following]) {
      if (one?.node) {
        one.node.onended = null;
        one.node.stop();
      }
    }
    if (now) rows[now.index]!.audio.pause();
    now = following = undefined;
  };
  /** Has the next row ready to begin where this one ends, and lets go of what is behind. */
  const prepare = async (): Promise<void> => {
    const last = now;
    if (!last?.node || last.began === undefined) return;
    rows.forEach((row, index) => {
      if (index < last.index || index > last.index + 1) delete row.sound;
    });
    const index = last.index + 1;
    last.node.onended = () => {
      if (now !== last) return;
      now = following;
      following = undefined;
      show();
      void prepare();
    };
    if (index >= rows.length) return;
    const sound = await decoded(index);
    if (now !== last || following) return;
    const began = last.began + rows[last.index]!.frames / RATE;
    if (began > context!.currentTime) following = { index, began, ...start(index, sound, began, began, 0) };
  };
  /** From the stream to the decoded sound, at the place where the stream is. */
  const takeOver = async (): Promise<void> => {
    const streaming = now;
    if (!streaming) return;
    const row = rows[streaming.index]!;
    const sound = await decoded(streaming.index).catch(() => undefined);
    if (!sound || now !== streaming || streaming.node || row.audio.paused) return;
    await context!.resume();
    const at = Math.ceil((context!.currentTime + 0.05) * RATE) / RATE;
    const began = Math.round((at - (row.audio.currentTime + (at - context!.currentTime))) * RATE) / RATE;
    if (at - began >= row.frames / RATE) return;
    Object.assign(streaming, { began }, start(streaming.index, sound, began, at, FADE_SEC));
    setTimeout(() => row.audio.pause(), (at - context!.currentTime + FADE_SEC) * 1000);
    void prepare();
  };
  const play = (index: number): void => {
    stop();
    context ??= new AudioContext({ sampleRate: RATE });
    void context.resume();
    now = { index };
    const { audio } = rows[index]!;
    audio.currentTime = 0;
    void audio.play().then(takeOver, () => {});
    show();
  };
  const seconds = (): number => {
    if (!now) return 0;
    return now.began === undefined ? rows[now.index]!.audio.currentTime : Math.max(0, context!.currentTime - now.began);
  };
  const seek = (to: number): void => {
    if (!now) return;
    const { index, began, node } = now;
    if (!node || began === undefined) {
      rows[index]!.audio.currentTime = to;
      return;
    }
    void decoded(index).then((sound) => {
      stop();
      const at = Math.ceil((context!.currentTime + 0.02) * RATE) / RATE;
      const from = Math.round((at - to) * RATE) / RATE;
      now = { index, began: from, ...start(index, sound, from, at, 0.005) };
      void prepare();
    });
  };
  const sounding = (): boolean => now !== undefined && (now.node ? context!.state === "running" : !rows[now.index]!.audio.paused);
  const pause = (): void => {
    if (!now) play(0);
    else if (now.node) void (context!.state === "running" ? context!.suspend() : context!.resume()).then(show);
    else if (rows[now.index]!.audio.paused) void rows[now.index]!.audio.play().then(takeOver);
    else rows[now.index]!.audio.pause();
    show();
  };
  const show = (): void => {
    bar.hidden = now === undefined;
    const on = sounding();
    toggle.setAttribute("aria-pressed", String(on));
    toggle.textContent = on ? "❚❚" : "▶";
    rows.forEach((row, index) => {
      const own = now?.index === index;
      row.button.setAttribute("aria-pressed", String(own && on));
      row.button.textContent = own && on ? "❚❚" : "▶";
      row.button.closest("li")!.toggleAttribute("aria-current", own);
    });
    if (!now) return;
    name.textContent = rows[now.index]!.title;
    position.max = String(rows[now.index]!.frames / RATE);
    if ("mediaSession" in navigator)
      navigator.mediaSession.metadata = new MediaMetadata({ title: rows[now.index]!.title, artist: bar.dataset["artist"]!, album: bar.dataset["album"]! });
  };
  rows.forEach((row, index) => {
    row.audio.hidden = true;
    row.button.hidden = false;
    row.button.addEventListener("click", () => (now?.index === index ? pause() : play(index)));
    row.audio.addEventListener("ended", () => {
      if (now?.index === index && !now.node) index + 1 < rows.length ? play(index + 1) : stop();
      show();
    });
    for (const event of ["play", "pause"]) row.audio.addEventListener(event, show);
  });
  document.querySelector("#listen")!.addEventListener("click", pause);
  (document.querySelector("#listen") as HTMLElement).hidden = false;
  toggle.addEventListener("click", pause);
  bar.querySelector("#next")!.addEventListener("click", () => now && now.index + 1 < rows.length && play(now.index + 1));
  bar.querySelector("#previous")!.addEventListener("click", () => now && play(seconds() > 3 ? now.index : Math.max(0, now.index - 1)));
  let held = false;
  position.addEventListener("input", () => {
    held = true;
  });
  position.addEventListener("change", () => {
    held = false;
    seek(Number(position.value));
  });
  setInterval(() => {
    if (!held) position.value = String(seconds());
    const at = Math.floor(seconds());
    position.setAttribute("aria-valuetext", `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`);
    document.documentElement.dataset["at"] = `${now?.index ?? -1} ${seconds().toFixed(3)} ${now?.node ? "decoded" : "stream"}`;
  }, 250);
  if ("mediaSession" in navigator) {
    navigator.mediaSession.setActionHandler("play", pause);
    navigator.mediaSession.setActionHandler("pause", pause);
    navigator.mediaSession.setActionHandler("nexttrack", () => now && now.index + 1 < rows.length && play(now.index + 1));
    navigator.mediaSession.setActionHandler("previoustrack", () => now && play(Math.max(0, now.index - 1)));
  }
}
