// Inside Snakemake's report every file has a folder of its own, and links to other pages are redirected there. If the
// report is a single file, such links have no target and become plain text.
(() => {
  const inFolders = /\/data\/raw\/[0-9a-f]+\/[^/]+$/.test(location.pathname);
  if (!inFolders && location.protocol !== "data:") return;
  for (const link of document.querySelectorAll("a[data-in-report], a[data-outside]"))
    if (inFolders && link.dataset.inReport) link.href = `../${link.dataset.inReport}`;
    else link.removeAttribute("href");
})();
