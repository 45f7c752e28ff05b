using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary><c>parley doctor</c> against working servers, broken servers and servers that are not Live servers.</summary>
public sealed class DoctorTests(ParleyProcess server) : IClassFixture<ParleyProcess>, IDisposable
{
    private static readonly string[] Steps = ["dns", "tcp", "tls", "upgrade", "credential", "setup", "answer", "guide"];

    private readonly Tool _tool = new(server.Address);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Working_server_passes_every_step()
    {
        var run = await _tool.RunAsync("doctor", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(Steps, Of(run).Select(step => step.GetProperty("step").GetString()));
        Assert.All(
            Of(run),
            step => Assert.Equal(step.GetProperty("step").ValueEquals("tls") ? "Skipped" : "Passed", step.GetProperty("outcome").GetString()));
        Assert.Contains("is accepted", Detail(run, "guide"), StringComparison.Ordinal);
        Assert.Contains("24,000 Hz", Detail(run, "answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strict_server_passes_and_refuses_the_config_of_the_guide()
    {
        await using var strict = new ParleyProcess("--strict");
        await strict.InitializeAsync();

        var run = await _tool.RunAsync("doctor", "--json", "--url", strict.Address.ToString());

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("is refused, as by the public service (1007)", Detail(run, "guide"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "tcp", "nothing listens on 127.0.0.1:1", "--url", "http://127.0.0.1:1")]
    [InlineData(1, "dns", "no-such-host.invalid does not resolve", "--url", "http://no-such-host.invalid:8080", "--key", "any")]
    [InlineData(3, "credential", "API key not valid", "--key", "wrong")]
    [InlineData(3, "setup", "is not found for API version", "--model", "no-such-model")]
    public async Task Failed_step_is_named_and_later_steps_are_skipped(int exitCode, string failing, string detail, params string[] options)
    {
        var run = await _tool.RunAsync(["doctor", "--json", .. options]);

        Fails(run, exitCode, failing, detail);
    }

    [Fact]
    public async Task Web_server_without_the_Live_API_fails_at_the_upgrade()
    {
        await using var web = await StartWebServerAsync(certificate: null);

        Fails(await _tool.RunAsync("doctor", "--json", "--url", web.Urls.First()), 1, "upgrade", "404");
    }

    [Fact]
    public async Task Self_signed_certificate_fails_at_tls()
    {
        using var key = RSA.Create(2_048);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(
                new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var web = await StartWebServerAsync(certificate);

        Fails(
            await _tool.RunAsync("doctor", "--json", "--url", web.Urls.First(), "--key", "any"), 1, "tls",
            "the certificate is not trusted");
    }

    [Fact]
    public async Task Https_url_of_a_server_without_tls_fails_at_tls()
    {
        Fails(
            await _tool.RunAsync("doctor", "--json", "--url", $"https://{server.Address.Authority}", "--key", "any"), 1, "tls",
            "there is no TLS");
    }

    [Fact]
    public async Task Doctor_prints_text_by_default()
    {
        var run = await _tool.RunAsync("doctor", "--key", "wrong");

        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Contains(run.Output, line => line.StartsWith("credential  FAILED", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.IsError && line.Text.Contains("Check the API key", StringComparison.Ordinal));
    }

    private static void Fails(ToolRun run, int exitCode, string failing, string detail)
    {
        Assert.True(run.ExitCode == exitCode, run.ToString());
        Assert.Contains(detail, Detail(run, failing), StringComparison.Ordinal);
        var steps = Of(run).ToList();
        Assert.Equal(Steps, steps.Select(step => step.GetProperty("step").GetString()));
        var at = Array.IndexOf(Steps, failing);
        Assert.Equal("Failed", steps[at].GetProperty("outcome").GetString());
        Assert.NotEmpty(steps[at].GetProperty("cure").GetString()!);
        Assert.All(steps[..at], step => Assert.NotEqual("Failed", step.GetProperty("outcome").GetString()));
        Assert.All(steps[(at + 1)..], step => Assert.Equal("Skipped", step.GetProperty("outcome").GetString()));
    }

    private static IEnumerable<JsonElement> Of(ToolRun run) => run.Json.Where(line => line.GetProperty("type").ValueEquals("step"));

    private static string Detail(ToolRun run, string step) => Of(run).Single(line => line.GetProperty("step").ValueEquals(step)).GetProperty("detail").GetString()!;

    private static async Task<WebApplication> StartWebServerAsync(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
