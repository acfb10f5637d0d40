-- Reports of several classes and of forecasts are frozen beside those of yes-or-no decisions: they have no threshold.
DROP INDEX impact_reports_project;
ALTER TABLE impact_reports ADD COLUMN task VARCHAR DEFAULT 'binary';
ALTER TABLE impact_reports ALTER COLUMN threshold DROP NOT NULL;
CREATE INDEX impact_reports_project ON impact_reports (project_id);
