"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, frozen, kept

GUARDS = (
    frozen(
        "jobs_job", "id", "kind", "subject_type", "subject_id", "payload", "requested_by_id", "created_at"
    ),
    *kept("jobs_job"),
    Guard(
        "jobs_job_ended_is_final",
        "jobs_job",
        On.UPDATE,
        "OLD.state IN ('succeeded', 'failed', 'cancelled', 'dead')",
        "jobs_job: an ended job does not change",
    ),
    Guard(
        "jobs_job_attempt_grows",
        "jobs_job",
        On.UPDATE,
        "NEW.attempt < OLD.attempt",
        "jobs_job: the fencing token never goes back",
    ),
)
