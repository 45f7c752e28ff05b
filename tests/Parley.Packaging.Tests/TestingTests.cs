using System.Text.RegularExpressions;

namespace Parley.Packaging.Tests;

/// <summary>The sample test project outside the repository, from packages alone.</summary>
public sealed class TestingTests(PackageFeed feed)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <OutputType>Exe</OutputType>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseMicrosoftTestingPlatformRunner>true</UseMicrosoftTestingPlatformRunner>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Parley.Testing" Version="{version}" />
            <PackageReference Include="xunit.v3.mtp-v2" Version="{xunit}" />
          </ItemGroup>
        </Project>
        """;

    [Fact]
    public async Task Tests_of_an_application_pass_every_time()
    {
        var folder = Path.Combine(feed.Folder, "MyTests");
        Directory.CreateDirectory(folder);
        foreach (var source in Directory.EnumerateFiles(PackageFeed.Find("samples", "Testing"), "*.cs"))
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        var xunit = Regex.Match(
            await File.ReadAllTextAsync(PackageFeed.Find("Directory.Packages.props"), TestContext.Current.CancellationToken), @"""xunit\.v3\.mtp-v2"" Version=""([^""]+)""").Groups[1].Value;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "MyTests.csproj"),
            Project.Replace("{version}", feed.Version, StringComparison.Ordinal).Replace("{xunit}", xunit, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await feed.RunAsync("dotnet", "build", "MyTests", "-c", "Release", "--nologo", "-v", "quiet", "-warnaserror");

        var program = Path.Combine(folder, "bin", "Release", "net10.0", "MyTests.dll");
        for (var run = 0; run < Runs; run++)
        {
            var output = await feed.RunAsync("dotnet", program, "--progress", "off", "--no-ansi");
            Assert.Matches(@"failed: 0\n\s*succeeded: [6-9]", output);
        }
    }

    /// <summary>One, or a hundred with <c>./test --long</c>.</summary>
    private static int Runs => Environment.GetEnvironmentVariable("PARLEY_LONG") is { Length: > 0 } ? 100 : 1;
}
