# As many jobs as asked for (`count`), of one line each.


rule all:
    input:
        expand("results/{n}", n=range(config["count"])),


rule one:
    output:
        "results/{n}",
    shell:
        "touch {output}"
