// Inside Snakemake's report every file has a folder of its own, so links to other pages lead there. Where the report
// is one file, they lead nowhere, and are only text.
(() => {
  const inFolders = /\/data\/raw\/[0-9a-f]+\/[^/]+$/.test(location.pathname);
  if (!inFolders && location.protocol !== "data:") return;
  for (const link of document.querySelectorAll("a[data-in-report]"))
    if (inFolders) link.href = `../${link.dataset.inReport}`;
    else link.removeAttribute("href");
})();
