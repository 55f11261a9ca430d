import type { TabOptions } from "@kuishi/project/tab";

const nameOf = (project: string): string => `kuishi.project.${project}`;

/** One page writes a project: a Web Lock, which the browser takes back from a page that dies. */
export const lockOf = (project: string): TabOptions["lock"] => ({
  hold: async (run, { wait, signal }) => {
    try {
      return await navigator.locks.request(nameOf(project), wait ? { ...(signal ? { signal } : {}) } : { ifAvailable: true }, async (lock) => {
        if (lock) await run();
        return lock !== null;
      });
    } catch (error) {
      if (signal?.aborted) return false;
      throw error;
    }
  },
});
/** What the pages of a project say to each other. */
export function channelOf(project: string): TabOptions["channel"] {
  const channel = new BroadcastChannel(nameOf(project));
  return {
    post: (said) => channel.postMessage(said),
    listen: (heard) => {
      channel.onmessage = ({ data }) => heard(data);
    },
    close: () => channel.close(),
  };
}
