from django.urls import path

from jobs.api import JobCancelApi, JobListApi, JobReadApi

api = [
    path("jobs", JobListApi.as_view(), name="api-job-list"),
    path("jobs/<uuid:job_id>", JobReadApi.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>/cancellation", JobCancelApi.as_view(), name="api-job-cancel"),
]
pages: list[object] = []
