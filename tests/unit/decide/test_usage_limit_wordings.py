"""Which error texts speak of an allowance that is used up, as providers word it."""

from datetime import UTC, datetime

import pytest

from afk.decide.usage_limit import UsageLimit, read

NOW = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "You're out of extra usage. Add more at claude.ai/settings/usage and keep going.",
        "Opus limit reached \u2219 resets Oct 9",
        "Your workspace is out of credits. Ask your workspace owner to refill.",
        "You hit your spend cap set by the owner of your workspace.",
        "Claude stopped: a usage limit blocked the request.",
        "Codex usage limit reached. Send the message again once the limit resets.",
        "You have reached your daily gemini-2.5-pro quota limit.",
        "[API Error: You have exhausted your daily quota on this model.]",
        "Free usage exceeded, subscribe to Go: FreeUsageLimitError",
        "402 You have no quota",
        "Quota exceeded. Upgrade to increase your limit",
        "You exceeded your current quota, please check your plan and billing details.",
        '{"type":"insufficient_quota"}',
        "Credit balance is too low",
        "Insufficient balance",
        "This request would exceed your account's rate limit. Please try again later.",
        "You've exceeded your weekly rate limit. Error Code: user_weekly_rate_limited",
        "You've hit a rate limit that restricts the number of Copilot model requests",
        "Sorry, you have been rate-limited.",
        "You've hit your free requests limit.",
        "You have reached your monthly limit for premium requests",
        "You have used all of today\u2019s free usage on this account.",
        "You've reached your daily token limit",
        "usage_limit_reached: The usage limit has been reached",
        "Weekly/Monthly Limit Exhausted",
        "\u5df2\u8fbe\u5230 5 \u5c0f\u65f6\u7684\u4f7f\u7528\u4e0a\u9650",
        "You are out of Codex messages",
        "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 9, Used 9. Try again in a bit",
    ],
)
def test_read__an_allowance_that_is_used_up__is_a_limit_without_a_reset(text: str) -> None:
    assert read(text, NOW, "Europe/Rome") == UsageLimit(None)


@pytest.mark.parametrize(
    "text",
    [
        "Context limit reached \u00b7 /compact or /clear to continue",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "This model's maximum context length is 128000 tokens",
        "You've reached your context window limit",
        "Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000",
        "The response exceeded the 32000 output token limit",
        "Reached your output token limit",
        "exceeded retry limit, last status: 429 Too Many Requests",
        "API Error: 529 Overloaded",
        "Selected model is at capacity. Please try a different model.",
        "No capacity available for model gemini-3-pro",
        "API rate limit exceeded for user ID 123. Your API rate limit resets at 3pm",
        "You have exceeded a secondary rate limit. Please wait a few minutes",
        "toomanyrequests: You have reached your pull rate limit.",
        "write error: Disk quota exceeded",
        "You've exceeded your storage quota",
        "Reached the maximum number of turns",
        "You've hit your turn limit",
        "Process exceeded the memory limit",
        "exceeded the limit of open files",
        "Approaching usage limit \u00b7 resets at 7pm",
        "You've used 97% of your session limit \u00b7 resets 11am (Europe/London)",
        "Extra usage is required for 1M context",
        "Invalid API key",
    ],
)
def test_read__busy_or_too_long_or_the_tools_own__is_no_limit(text: str) -> None:
    """Waiting mends none of these; the run ends as failed and shows what was said."""
    assert read(text, NOW, "Europe/Rome") is None
