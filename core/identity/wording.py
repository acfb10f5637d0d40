"""What the audit trail's actions, things and ways are called."""

from __future__ import annotations

from core.words import mark

ACTIONS: dict[str, str] = {
    "alert.acknowledge": mark("Took on an alert"),
    "alert.open": mark("Raised an alert"),
    "alert.resolve": mark("Closed an alert"),
    "approval.approve": mark("Approved a version"),
    "approval.reject": mark("Rejected a version"),
    "approval.request": mark("Requested approval"),
    "approval.withdraw": mark("Withdrew a request"),
    "backup.make": mark("Took a backup"),
    "dataset.add": mark("Added data"),
    "dataset.declare": mark("Declared columns"),
    "deployment.create": mark("Deployed a version"),
    "deployment.promote": mark("Promoted the canary"),
    "deployment.rollback": mark("Rolled back a deployment"),
    "deployment.start_canary": mark("Started a canary"),
    "deployment.stop": mark("Stopped a deployment"),
    "impact_report.freeze": mark("Froze an impact report"),
    "job.cancel": mark("Stopped a job"),
    "model.create": mark("Created a model"),
    "model_version.register": mark("Registered a version"),
    "model_version.retire": mark("Retired a version"),
    "monitor.check": mark("Checked a deployment"),
    "monitor.create": mark("Set up monitoring"),
    "monitor.edit": mark("Changed monitoring"),
    "policy.edit": mark("Changed a policy"),
    "project.create": mark("Created a project"),
    "project.update": mark("Changed a project"),
    "run.start": mark("Started a run"),
    "schedule.create": mark("Made a schedule"),
    "schedule.disable": mark("Paused a schedule"),
    "schedule.edit": mark("Changed a schedule"),
    "schedule.enable": mark("Resumed a schedule"),
    "schedule.run_now": mark("Ran a schedule at once"),
    "token.issue": mark("Issued a token"),
    "token.revoke": mark("Revoked a token"),
    "user.create": mark("Created a user"),
    "user.disable": mark("Disabled a user"),
    "user.enable": mark("Enabled a user"),
    "user.locked": mark("Sign-in locked after failures"),
    "user.password": mark("Changed a password"),
    "user.profile": mark("Changed a profile"),
    "user.roles": mark("Changed roles"),
    "user.sign_in": mark("Signed in"),
    "user.sign_out": mark("Signed out"),
    "user.sign_out_everywhere": mark("Signed out everywhere"),
    "value_model.create": mark("Set the value of decisions"),
}
AREAS: dict[str, str] = {
    "user.": mark("People"),
    "token.": mark("API tokens"),
    "project.": mark("Projects"),
    "dataset.": mark("Data"),
    "run.": mark("Training runs"),
    "model_version.": mark("Models"),
    "approval.": mark("Approvals"),
    "deployment.": mark("Deployments"),
    "monitor.": mark("Monitoring"),
    "alert.": mark("Alerts"),
    "policy.": mark("Policies"),
    "schedule.": mark("Schedules"),
    "job.": mark("Jobs"),
    "backup.": mark("Backups"),
}
VIA: dict[str, str] = {
    "session": mark("in the portal"),
    "token": mark("with an API token"),
    "cli": mark("on the command line"),
    "system": mark("by itself"),
    "setup": mark("at set-up"),
    "sign-in": mark("at sign-in"),
}


def action_name(action: str) -> str:
    """A message of the catalogue for an action; the action itself where there is none."""
    return ACTIONS.get(action, action)
