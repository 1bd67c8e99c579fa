from django.urls import URLPattern, path

from jobs import views
from jobs.api import JobCancelApi, JobListApi, JobReadApi

api = [
    path("jobs", JobListApi.as_view(), name="api-job-list"),
    path("jobs/<uuid:job_id>", JobReadApi.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>/cancellation", JobCancelApi.as_view(), name="api-job-cancel"),
]
pages: list[URLPattern] = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<uuid:job_id>", views.job, name="job"),
    path("jobs/<uuid:job_id>/progress", views.progress, name="job-progress"),
    path("jobs/<uuid:job_id>/cancellation", views.cancel, name="job-cancel"),
]
