/** Whether an error is the system's own with this code. */
export const hasCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;
