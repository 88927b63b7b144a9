// Follows the jobs of several files until they end: one request for all of them, less often the longer
// nothing changes, and none in a hidden tab.
import { request, rest } from "../api.js";

const FASTEST = 1000;
const SLOWEST = 30000;
const SLOWER = 1.4;
const MOST = 100; // jobs that one request asks for

const ENDED = ["COMPLETED", "ARCHIVED", "RESTORING", "FAILED", "CANCELLED", "DELETED"];
const DELETED = { state: "DELETED", progress: 0, error: "" };

export class Follower {
  /** `url` answers with the states of jobs; `events` is {onEnd, onLost}. */
  constructor(url, events) {
    Object.assign(this, { url, events, open: new Map(), following: false });
  }

  /** Follow the job of an item from now on. */
  add(item) {
    this.open.set(item.jobId, item);
    this.delay = FASTEST;
    if (!this.following) this.follow();
  }

  async follow() {
    this.following = true;
    while (this.open.size) {
      await rest(this.delay);
      try {
        const changed = await this.ask();
        this.delay = changed ? FASTEST : Math.min(this.delay * SLOWER, SLOWEST);
      } catch (error) {
        if (error.status === 401) {
          this.events.onLost(error.message);
          break;
        }
        this.delay = SLOWEST; // a lost connection: the jobs go on without this page
      }
    }
    this.following = false;
  }

  /** Ask for the states of the open jobs once; resolves to whether one has changed. */
  async ask() {
    const asked = [...this.open].slice(0, MOST);
    const query = new URLSearchParams(asked.map(([id]) => ["job", id]));
    const { jobs } = await request(`${this.url}?${query}`);
    let changed = false;
    for (const [id, item] of asked) {
      const job = jobs[id] ?? DELETED;
      if (job.state === item.job?.state && job.progress === item.job.progress) continue;
      changed = true;
      item.showJob(job);
      if (!ENDED.includes(job.state)) continue;
      this.open.delete(id);
      this.events.onEnd(item);
    }
    return changed;
  }
}
