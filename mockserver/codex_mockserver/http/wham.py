"""WHAM and the rest of the ChatGPT backend: which function answers which operation."""

from __future__ import annotations

from codex_mockserver.http import _wham_accounts, _wham_apps, _wham_limits, _wham_tasks
from codex_mockserver.http._routing import Handlers

__all__ = ["handlers"]

handlers = Handlers("wham")

handlers.operation("readUsage")(_wham_limits.read_usage)
handlers.operation("listResetCredits")(_wham_limits.list_reset_credits)
handlers.operation("consumeResetCredit")(_wham_limits.consume_reset_credit)
handlers.operation("readProfile")(_wham_limits.read_profile)
handlers.operation("queryThreadUsage")(_wham_limits.query_thread_usage)
handlers.operation("queryThreadUsageV2")(_wham_limits.query_thread_usage_v2)
handlers.operation("queryThreadEstimates")(_wham_limits.query_thread_estimates)
handlers.operation("readPlanLimitHistory")(_wham_limits.read_plan_limit_history)

handlers.operation("checkAccounts")(_wham_accounts.check_accounts)
handlers.operation("switchWorkspaceToken")(_wham_accounts.switch_workspace_token)
handlers.operation("sendNudgeEmail")(_wham_accounts.send_nudge_email)
handlers.operation("listWorkspaceMessages")(_wham_accounts.list_workspace_messages)
handlers.operation("readUserSettings")(_wham_accounts.read_user_settings)
handlers.operation("readConfigBundle")(_wham_accounts.read_config_bundle)
handlers.operation("readConfigRequirements")(_wham_accounts.read_config_requirements)
handlers.operation("readSecuritySetup")(_wham_accounts.read_security_setup)
handlers.operation("listEnvironments")(_wham_accounts.list_environments)
handlers.operation("listEnvironmentsByRepo")(_wham_accounts.list_environments_by_repo)
handlers.operation("readAgentIdentityKeys")(_wham_accounts.read_agent_identity_keys)

handlers.operation("listTasks")(_wham_tasks.list_tasks)
handlers.operation("readTask")(_wham_tasks.read_task)
handlers.operation("listSiblingTurns")(_wham_tasks.list_sibling_turns)
handlers.operation("createTask")(_wham_tasks.create_task)

handlers.operation("sendAnalyticsEvents")(_wham_apps.accept_events)
handlers.operation("exportMetrics", "exportLogs", "exportTraces")(_wham_apps.accept_telemetry)
handlers.operation("listInstalledPlugins", "listPlugins")(_wham_apps.list_plugins)
handlers.operation("listSuggestedPlugins", "listSuggestedPluginsAll")(_wham_apps.list_suggested_plugins)
handlers.operation("listFeaturedPlugins")(_wham_apps.list_featured_plugins)
handlers.operation("exportCuratedPlugins")(_wham_apps.export_curated_plugins)
handlers.operation("listConnectors", "listWorkspaceConnectors")(_wham_apps.list_connectors)
handlers.operation("callMcp")(_wham_apps.call_mcp)
handlers.operation("openMcpStream")(_wham_apps.open_mcp_stream)
handlers.operation("closeMcpSession")(_wham_apps.close_mcp_session)
