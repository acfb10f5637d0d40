"""A report as files that people forward: PDF, slides, workbook, web page and JSON, all saying the same."""
