using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Parley.Cli.Tests.Contexts;

/// <summary><c>parley login</c>, <c>parley context</c>, and which server and key a command uses.</summary>
public sealed class ContextTests
{
    private const string Secret = "AIza-secret-of-the-context";

    [Fact]
    public async Task Login_stores_server_and_key_in_a_private_file_and_commands_use_them()
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, Secret + "\n");

        var login = await cli.RunAsync("login", "work", "--url", "http://parley.test:80");
        var models = await cli.RunAsync("models", "--json");

        Assert.True(login.ExitCode == 0, login.ToString());
        Assert.Equal($"{Secret} parley.test", models.Json[0].GetProperty("description").GetString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cli.PathOf("config"), "contexts.json")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cli.PathOf("config")));
        }
    }

    [Fact]
    public async Task Key_of_a_context_is_never_printed()
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, Secret);
        List<CliResult> results = [await cli.RunAsync("login", "one", "--url", "http://parley.test")];
        foreach (var json in (string[][])[[], ["--json"]])
        {
            foreach (var command in (string[])["context list", "context use one", "doctor --timeout", "ask hi", "context use two", "context remove one"])
                results.Add(await cli.RunAsync([.. command.Split(' '), .. json]));
        }

        Assert.All(results, static result => Assert.DoesNotContain(Secret, result.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("current context", "one.test", "key-of-one")]
    [InlineData("--context", "two.test", "key-of-two", "--context", "two")]
    [InlineData("--url", "other.test", "none", "--url", "http://other.test")]
    [InlineData("--url of a context", "two.test", "key-of-two", "--url", "http://two.test")]
    [InlineData("--url with another port", "two.test:81", "none", "--url", "http://two.test:81")]
    [InlineData("--url with --key", "other.test", "given", "--url", "http://other.test", "--key", "given")]
    [InlineData("--key", "one.test", "given", "--key", "given")]
    [InlineData("PARLEY_URL", "two.test", "key-of-two", "PARLEY_URL=http://two.test")]
    [InlineData("PARLEY_URL and PARLEY_KEY", "other.test", "of-environment", "PARLEY_URL=http://other.test", "PARLEY_KEY=of-environment")]
    [InlineData("PARLEY_KEY", "one.test", "of-environment", "PARLEY_KEY=of-environment")]
    [InlineData("--url before PARLEY_URL", "two.test", "key-of-two", "--url", "http://two.test", "PARLEY_URL=http://other.test")]
    [InlineData("GEMINI_API_KEY does not replace a context", "one.test", "key-of-one", "GEMINI_API_KEY=public")]
    [InlineData("GEMINI_API_KEY goes to no other host", "other.test", "none", "--url", "http://other.test", "GEMINI_API_KEY=public")]
    public async Task Server_and_key_come_from_the_most_explicit_place(string because, string host, string key, params string[] given)
    {
        await using var server = await HostAsync();
        using var cli = Cli(server, "");
        Directory.CreateDirectory(cli.PathOf("config"));
        cli.Write("config/contexts.json", """
            {"current":"one","contexts":[{"name":"one","url":"http://one.test/","key":"key-of-one"},{"name":"two","url":"http://two.test/","key":"key-of-two"}]}
            """);
        foreach (var variable in given.Where(static text => text.Contains('=', StringComparison.Ordinal)))
            cli.With(variable.Split('=')[0], variable.Split('=')[1]);

        var result = await cli.RunAsync(["models", "--json", .. given.Where(static text => !text.Contains('=', StringComparison.Ordinal))]);

        if (key == "none")
        {
            Assert.Equal(2, result.ExitCode);
            Assert.Contains("No API key for", result.Output, StringComparison.Ordinal);
        }
        else
        {
            Assert.True(result.ExitCode == 0, $"{because}: {result}");
            Assert.Equal($"{key} {host}", result.Json[0].GetProperty("description").GetString());
        }
    }

    [Fact]
    public async Task Contexts_are_listed_used_and_removed()
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, Secret);
        await cli.RunAsync("login", "one", "--url", "http://one.test");
        await cli.RunAsync("login", "two", "--url", "http://two.test");

        var listed = await cli.RunAsync("context", "list");
        var used = await cli.RunAsync("context", "use", "one", "--json");
        var removed = await cli.RunAsync("context", "remove", "one");
        var left = await cli.RunAsync("context", "list", "--json");

        Assert.Equal(["CURRENT  NAME  SERVER", "         one   http://one.test/", "*        two   http://two.test/"], listed.OutputLines);
        Assert.Equal("one", used.Json[0].GetProperty("name").GetString());
        Assert.Equal(0, removed.ExitCode);
        Assert.Equal(["two"], left.Json.Where(static line => line.GetProperty("type").ValueEquals("context")).Select(static line => line.GetProperty("name").GetString()));
        Assert.False(left.Json[0].GetProperty("current").GetBoolean());
        Assert.Equal(1, left.Json[^1].GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData(3, "refused\n", "login", "--url", "http://parley.test")]
    [InlineData(2, "", "login", "--url", "http://parley.test")]
    [InlineData(2, "two words", "login", "--url", "http://parley.test")]
    [InlineData(2, "key", "login", "--url", "nonsense")]
    [InlineData(2, "key", "login", "a/b")]
    [InlineData(1, "", "context", "use", "missing")]
    [InlineData(1, "", "context", "remove", "missing")]
    [InlineData(1, "", "models", "--context", "missing")]
    public async Task Failed_login_stores_nothing(int exitCode, string input, params string[] arguments)
    {
        await using var host = await HostAsync();
        using var cli = Cli(host, input);

        var result = await cli.RunAsync(arguments);

        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.False(File.Exists(Path.Combine(cli.PathOf("config"), "contexts.json")));
    }

    [Fact]
    public async Task Damaged_file_of_contexts_is_named()
    {
        using var cli = new CliRun();
        Directory.CreateDirectory(cli.PathOf("config"));
        cli.Write("config/contexts.json", "{\"current\":");

        var result = await cli.RunAsync("models");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("contexts.json is not valid: invalid JSON in line 1.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static CliRun Cli(InMemoryHost host, string input) => new() { Invoker = host.Invoker, Input = Encoding.UTF8.GetBytes(input) };

    // Lists one model, whose description is the key and the host of the request.
    private static Task<InMemoryHost> HostAsync() => InMemoryHost.StartAsync(null, static app => app.Run(static async context =>
    {
        var key = context.Request.Headers["x-goog-api-key"].ToString();
        if (key == "refused" || context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 401;
            return;
        }
        await context.Response.WriteAsJsonAsync(new
        {
            models = new[] { new { name = "models/one", description = $"{key} {context.Request.Host}", supportedGenerationMethods = new[] { "bidiGenerateContent" } } },
        });
    }));
}
