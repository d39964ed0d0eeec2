"""Documents to records: one document is one row, and one request where it fits; a job is a folder of them.

plan = ExtractionPlan((folder,), schema_text)
with Store(profile) as store, ModelClient(...) as client, DocumentPool() as documents:
    job = ExtractionJob(plan, store, client, documents)
    coverage = job.run(on_row=print)
    write_table(Path("rows.csv"), reviewed, plan.schema_text)
"""

from engine.extraction.export import write_table
from engine.extraction.job import ExtractionJob, Progress
from engine.extraction.plan import ExtractionPlan

__all__ = ["ExtractionJob", "ExtractionPlan", "Progress", "write_table"]
