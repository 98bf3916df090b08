// Drawing with the networks of a study: the same latents through each of them, in a row for each run, truncated as its
// samples were.
function startPlayers(players) {
  const part = name => players.querySelector(`[data-part="${name}"]`), [walk, classes] = [part("walk"), part("class")];
  const runs = [...players.querySelectorAll(".player-of-run")].map(row => ({
    row, canvases: [...row.querySelectorAll("canvas")], record: JSON.parse(row.querySelector(".player-record").textContent),
    truncation: Number(row.dataset.truncation ?? 0),
  }));
  const { prior, decoder } = runs[0].record.programs, [dimensions] = (prior ?? decoder).inputs.latents.shape;
  const count = runs[0].canvases.length, newSamples = () => Array.from({ length: count }, () => normals(dimensions));
  let here = newSamples(), next = newSamples();

  const labelOf = (record, i) => record.classes && (classes?.value ? Number(classes.value) : i % record.classes.length);

  async function draw({ pool, record, canvases, truncation }, i) {
    const share = walk.valueAsNumber, latents = share ? alongSphere(here[i], next[i], share) : here[i];
    const message = { kind: "draw", latents, truncation, label: labelOf(record, i) };
    try {
      const answer = await pool.ask(message, { key: i });
      if (!answer) return;
      showPixels(canvases[i], answer.pixels);
    } catch {
      tell(players, "failed");
    }
  }

  function drawAll() {
    for (let i = 0; i < count; i++) for (const run of runs) draw(run, i);
  }

  function walkOn() {  // at the end of a walk, the next one begins
    [here, next] = [walk.valueAsNumber ? next : newSamples(), newSamples()];
    walk.value = 0;
    drawAll();
  }

  part("start").addEventListener("click", () => {
    const most = Math.max(1, Math.floor(Pool.most / runs.length));
    for (const run of runs) run.pool = new Pool(run.record, weightsOf(run.row), most);
    part("start").hidden = true;
    part("stage").hidden = false;
    drawAll();
    part("new").focus();
  });
  part("new").addEventListener("click", walkOn);
  walk.addEventListener("input", drawAll);
  classes?.addEventListener("change", drawAll);
  part("start").hidden = false;
}

startAll(".players", startPlayers);
