// A few workers with the same networks. A task waits until one is free. Of tasks with the same key only the last counts,
// so that a slider can be dragged faster than pictures are drawn, and one is done at a time, so that none comes late.
class Pool {
  static most = Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1));
  static address;

  // record: player.json. block: a promise of the weights, a Blob. most: workers.
  constructor(record, block, most = Pool.most) {
    Object.assign(this, { record, block, most, workers: [], waiting: [] });
  }

  // Resolves to a worker's answer, or to null if a later task of the same key took this one's place.
  // first: before tasks that are not. progress: called with the share that is done.
  ask(message, { key, first = false, progress } = {}) {
    return new Promise((resolve, reject) => {
      const before = key === undefined ? -1 : this.waiting.findIndex(task => task.key === key);
      if (before >= 0) this.waiting.splice(before, 1)[0].resolve(null);
      this.waiting.push({ message, key, first, progress, resolve, reject });
      this.next();
    });
  }

  next() {
    for (;;) {
      const busy = new Set(this.workers.map(each => each.task?.key));
      const possible = this.waiting.filter(({ key }) => key === undefined || !busy.has(key));
      const task = possible.find(each => each.first) ?? possible[0];
      let worker = this.workers.find(each => !each.task);
      if (task && !worker && this.workers.length < this.most) this.workers.push(worker = this.start());
      if (!task || !worker) return;
      this.waiting.splice(this.waiting.indexOf(task), 1);
      worker.task = task;
      worker.loaded.then(() => worker.postMessage(task.message), error => this.fail(worker, error));
    }
  }

  start() {
    Pool.address ??= URL.createObjectURL(new Blob([`${simdTile}\n(${engine})()`], { type: "text/javascript" }));
    const worker = new Worker(Pool.address);
    worker.loaded = this.block.then(block => worker.postMessage({ kind: "load", player: this.record, block }));
    worker.onmessage = ({ data: { loaded, progress, error, ...answer } }) => {
      if (loaded) return;
      if (progress !== undefined) return worker.task?.progress?.(progress);
      if (error) return this.fail(worker, new Error(error));
      this.end(worker).resolve(answer);
      this.next();
    };
    worker.onerror = event => {
      event.preventDefault();
      this.fail(worker, new Error(event.message));
    };
    return worker;
  }

  // Takes a worker's task from it.
  end(worker) {
    const { task } = worker;
    worker.task = undefined;
    return task;
  }

  // What has failed once will fail again: no task waits any longer.
  fail(worker, error) {
    for (const task of [this.end(worker), ...this.waiting.splice(0)]) task?.reject(error);
  }
}
