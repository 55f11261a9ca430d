export function buildKernels(): Promise<void>;
export function hasPage(): boolean;
export function buildPage(): Promise<void>;
