using System.Text.Json;

namespace Parley.Cli.Tests.Deployment;

/// <summary>The dashboard and the alert rules name only what <c>parley serve</c> exports, under the names that Prometheus sees.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private static readonly string[] Files = ["grafana.json", "alerts.yaml"];

    // Prometheus adds them to every time series of a target, and makes the metric "up".
    private static readonly HashSet<string> OfTarget = ["job", "instance"];

    private static readonly string[] Suffixes = ["", "_total", "_bytes", "_bytes_total", "_seconds", "_seconds_bucket", "_bucket"];

    private Scrape _scrape = null!;
    private HashSet<string> _instruments = [];

    public async ValueTask InitializeAsync()
    {
        (_scrape, var instruments) = await Scrape.TakeAsync();
        // Never recorded: all times of a turn are measured from it.
        _instruments = [.. instruments.Select(static instrument => instrument.Name).Where(static name => name != "parley.turn.end_of_speech")];
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public void Every_instrument_of_the_server_is_in_the_scrape()
    {
        Assert.True(_instruments.Count > 30, $"Only {_instruments.Count} instruments.");
        Assert.All(_instruments, name => Assert.Contains(Suffixes, suffix => _scrape.Find(name.Replace('.', '_') + suffix) is not null));
    }

    [Fact]
    public void Every_time_series_carries_the_name_of_the_node() => Assert.All(
        _scrape.Names.Where(static name => !name.StartsWith("otel_", StringComparison.Ordinal)),
        name => Assert.Equal([Scrape.Node], _scrape.Find(name)!["service_instance_id"]));

    [Fact]
    public void Every_expression_names_metrics_and_labels_that_exist()
    {
        var expressions = Files.SelectMany(Expressions).ToList();

        Assert.True(expressions.Count > 50, $"Only {expressions.Count} expressions.");
        Assert.Empty(expressions.SelectMany(expression => Check(expression.Expression).Select(problem => $"{expression.Place}: {problem} in {expression.Expression}")));
    }

    [Theory]
    [InlineData("sum by (le) (rate(parley_sessions[5m]))", "parley_sessions does not exist")]
    [InlineData("rate(parley_session_closes[5m])", "parley_session_closes does not exist")]
    [InlineData("parley_drops_total{parley_cause=\"x\"}", "parley_drops_total has no label parley_cause")]
    [InlineData("sum by (node) (parley_sessions_active)", "no metric has the label node")]
    [InlineData("parley_session_saves_total{parley_outcome=\"lost\"}", "parley_outcome of parley_session_saves_total is never lost")]
    [InlineData("histogram_quantile(0.95, sum by (le) (rate(gen_ai_server_time_to_first_token_bucket[5m])))", "gen_ai_server_time_to_first_token_bucket does not exist")]
    [InlineData("label_values(parley_node_drain, service_instance_id)", "parley_node_drain does not exist")]
    public void Wrong_name_is_found(string expression, string problem) => Assert.Contains(problem, Check(expression));

    [Fact]
    public void Rules_and_panels_say_what_to_do()
    {
        foreach (var rule in DeployFile.Yaml("alerts.yaml").Single().List("groups").SelectMany(static group => group.List("rules")))
        {
            Assert.Matches("^Parley[A-Za-z]+$", rule.Text("alert"));
            Assert.Contains(rule.Text("labels/severity"), (string[])["critical", "warning"]);
            Assert.NotEmpty(rule.Text("annotations/description"));
            var (page, heading) = Target(rule.Text("annotations/runbook_url"));
            Assert.Contains($"# {heading}", DeployFile.Page(page).ToLowerInvariant(), StringComparison.Ordinal);
        }

        static (string Page, string Heading) Target(string url)
        {
            const string Docs = "https://github.com/parley-live/parley/blob/main/docs/";
            Assert.StartsWith(Docs, url, StringComparison.Ordinal);
            var parts = url[Docs.Length..].Split('#');
            return (parts[0], parts[1]);
        }
    }

    [Fact]
    public void Every_metric_of_an_alert_is_on_the_dashboard()
    {
        var shown = Expressions("grafana.json").SelectMany(static expression => new PromQuery(expression.Expression).Metrics).ToHashSet(StringComparer.Ordinal);

        Assert.Subset(shown, Expressions("alerts.yaml").SelectMany(static expression => new PromQuery(expression.Expression).Metrics).ToHashSet(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Expression, string Place)> Expressions(string file)
    {
        if (file.EndsWith(".yaml", StringComparison.Ordinal))
        {
            foreach (var rule in DeployFile.Yaml(file).Single().List("groups").SelectMany(static group => group.List("rules")))
                yield return (rule.Text("expr"), $"{file}, {rule.Text("alert")}");
            yield break;
        }
        using var dashboard = JsonDocument.Parse(DeployFile.Read(file));
        var root = dashboard.RootElement;
        foreach (var panel in root.GetProperty("panels").EnumerateArray().Where(static panel => panel.TryGetProperty("targets", out _)))
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                yield return (target.GetProperty("expr").GetString()!, $"{file}, {panel.GetProperty("title").GetString()}");
        }
        foreach (var variable in root.GetProperty("templating").GetProperty("list").EnumerateArray().Where(static variable => variable.TryGetProperty("definition", out _)))
            yield return (variable.GetProperty("definition").GetString()!, $"{file}, {variable.GetProperty("name").GetString()}");
        foreach (var annotation in root.GetProperty("annotations").GetProperty("list").EnumerateArray())
            yield return (annotation.GetProperty("expr").GetString()!, $"{file}, {annotation.GetProperty("name").GetString()}");
    }

    private IEnumerable<string> Check(string expression)
    {
        // label_values is Grafana's; its second argument is a label.
        var parts = expression.StartsWith("label_values(", StringComparison.Ordinal) ? expression["label_values(".Length..^1].Split(", ") : [expression];
        var query = new PromQuery(parts[0]);
        if (query.Metrics.Count == 0)
            yield return "no metric";
        foreach (var metric in query.Metrics.Where(metric => metric != "up" && _scrape.Find(metric) is null))
            yield return $"{metric} does not exist";
        foreach (var (metric, label, comparison, value) in query.Matchers.Where(static matcher => !OfTarget.Contains(matcher.Label)))
        {
            if (_scrape.Find(metric) is not { } labels)
                continue;
            if (!labels.TryGetValue(label, out var values))
                yield return $"{metric} has no label {label}";
            else if (comparison == "=" && !values.Contains(value))
                yield return $"{label} of {metric} is never {value}";
        }
        foreach (var label in query.Groupings.Concat(parts[1..]).Where(label => !query.Metrics.Any(metric => _scrape.Find(metric)?.ContainsKey(label) is true)))
            yield return $"no metric has the label {label}";
    }
}
