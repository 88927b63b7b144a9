"""A VEP cache of known variants as Ensembl publishes it, for the invented genome."""

from pathlib import Path

import pysam

from tests.genome.models import genome

# info.txt names the columns of all_vars.gz; 0 is never written, and nothing is a dot.
_PLACE = "chr variation_name failed somatic start end allele_string strand"
_FACTS = "minor_allele minor_allele_freq clin_sig phenotype_or_disease clin_sig_allele pubmed"
_POPULATIONS = {
    "": "AF AFR AMR EAS EUR SAS",
    "gnomADe": "AFR AMR ASJ EAS FIN MID NFE REMAINING SAS",
    "gnomADg": "AFR AMI AMR ASJ EAS FIN MID NFE REMAINING SAS",
}
_COLUMNS = [
    *f"{_PLACE} {_FACTS} var_synonyms {_POPULATIONS['']}".split(" "),
    *("gnomADe", *(f"gnomADe_{each}" for each in _POPULATIONS["gnomADe"].split(" "))),
    *("gnomADg", *(f"gnomADg_{each}" for each in _POPULATIONS["gnomADg"].split(" "))),
]
_INFO = {
    "species": "homo_sapiens",
    "assembly": "GRCh38",
    "sift": "b",
    "polyphen": "b",
    "source_sift": "6.2.1",
    "source_polyphen": "2.2.3",
    "var_type": "tabix",
    "variation_cols": ",".join(_COLUMNS),
    "source_dbSNP": "156",
    "source_COSMIC": "100",
    "source_HGMD-PUBLIC": "20204",
    "source_ClinVar": "202502",
    "source_1000genomes": "phase3",
    "source_gnomADe": "v4.1",
    "source_gnomADg": "v4.1",
}


def write_ensembl_cache(folder: Path) -> Path:
    """Write an unpacked cache into a folder: SNVs, an insertion, a deletion, a failed variant."""
    (folder / "1").mkdir(parents=True)
    (folder / "info.txt").write_text("".join(f"{key}\t{value}\n" for key, value in _INFO.items()))
    first, second, _ = _others(700)
    gone = "".join(genome().base("1", position) for position in (720, 721, 722))
    # It can't be written at another place: it ends and begins unlike what is beside it.
    inserted = _others(710)[0] + _others(709)[0]
    rows = [
        _row(
            "rs77",
            700,
            700,
            f"{genome().base('1', 700)}/{first}/{second}",
            AF=f"{first}:0.2,{second}:0.01",
            AFR=f"{first}:0.3,{second}:0.04",
            gnomADe=f"{first}:0.21",
            gnomADe_NFE=f"{first}:0.4",
            gnomADg=f"{second}:0.0125",
        ),
        _row("rs78", 710, 709, f"-/{inserted}", gnomADg=f"{inserted}:0.5"),
        _row("rs79", 720, 722, f"{gone}/-", gnomADg="-:0.125"),
        _row("rs80", 730, 730, f"{genome().base('1', 730)}/{_others(730)[0]}"),
        _row("rs81", 740, 740, "HGMD_MUTATION"),
        _row("rs82", 750, 750, f"{genome().base('1', 750)}/{_others(750)[0]}", failed="1"),
    ]
    path = folder / "1" / "all_vars"
    path.write_text("".join(f"{row}\n" for row in rows))
    pysam.tabix_index(str(path), seq_col=0, start_col=4, end_col=5, csi=True)
    return folder


def _others(position: int) -> list[str]:
    return [base for base in "ACGT" if base != genome().base("1", position)]


def _row(name: str, start: int, end: int, alleles: str, **more: str) -> str:
    values = {
        "chr": "1",
        "variation_name": name,
        "start": str(start),
        "end": str(end),
        "allele_string": alleles,
        "strand": "1",
        **more,
    }
    return "\t".join(values.get(column, ".") for column in _COLUMNS)
