using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Options;

namespace Parley.Cli.Hosting;

/// <summary>Explains in one line each what in the command line or the configuration keeps a server from starting.</summary>
internal static partial class StartupErrors
{
    /// <summary>The explanation, one line per error; null if the exception is not the user's to correct.</summary>
    internal static string? Explain(Exception error, ServeSettings settings, IConfiguration? configuration) => error switch
    {
        AggregateException { InnerExceptions: var errors } => ExplainAll(errors, settings, configuration),
        OptionsValidationException { Failures: var failures } =>
            string.Join(Environment.NewLine, failures.Select(failure => SourceOf(failure, configuration) + failure)),
        InvalidDataException file => ExplainFile(file),
        IOException { InnerException: AddressInUseException } => ExplainPort(error.Message, settings),
        SocketException => $"Cannot listen on {settings.Host}:{settings.Port}: {error.Message}. Give another --host or --port.",
        InvalidOperationException or IOException or UnauthorizedAccessException or FormatException => error.Message,
        _ => null,
    };

    private static string? ExplainAll(IReadOnlyList<Exception> errors, ServeSettings settings, IConfiguration? configuration)
    {
        var lines = errors.Select(error => Explain(error, settings, configuration)).ToList();
        return lines.Contains(null) ? null : string.Join(Environment.NewLine, lines);
    }

    // The message of the provider names the file; the cause is the innermost exception.
    private static string ExplainFile(InvalidDataException error)
    {
        var file = FilePattern().Match(error.Message) is { Success: true } match ? match.Groups["file"].Value : error.Message;
        return error.GetBaseException() switch
        {
            JsonException { LineNumber: var line } json =>
                $"{file}: invalid JSON in line {(line ?? 0) + 1}. {PositionPattern().Replace(json.Message, "")}",
            FormatException format => $"{file}: {format.Message}",
            var cause => $"{file} cannot be read: {cause.Message}",
        };
    }

    // Validation names the key first, as in "Live:Compatibility is 'odd'; ...".
    private static string SourceOf(string failure, IConfiguration? configuration)
    {
        var key = KeyPattern().Match(failure).Value;
        var provider = (configuration as IConfigurationRoot)?.Providers.LastOrDefault(provider => provider.TryGet(key, out _));
        return provider switch
        {
            FileConfigurationProvider { Source: { Path: { } path } source } => $"{source.FileProvider?.GetFileInfo(path).PhysicalPath ?? path}: ",
            EnvironmentVariablesConfigurationProvider => $"Environment variable {key.Replace(":", "__", StringComparison.Ordinal)}: ",
            _ => "",
        };
    }

    private static string ExplainPort(string message, ServeSettings settings)
    {
        var match = AddressPattern().Match(message);
        var address = match.Success ? match.Value : $"Port {settings.Port}";
        var port = int.TryParse(match.Groups["port"].Value, CultureInfo.InvariantCulture, out var number) ? number : settings.Port;
        var option = port == settings.Port ? "--port" : port == settings.AdminPort ? "--admin-port" : "--metrics-port";
        return $"{address} is in use. Stop the program that listens there, or give another {option}.";
    }

    [GeneratedRegex("'(?<file>[^']+)'")]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"\s*(Path: \S+ \| )?LineNumber: .*$")]
    private static partial Regex PositionPattern();

    [GeneratedRegex(@"^\w+(:\w+)+")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"https?://\S+:(?<port>\d+)")]
    private static partial Regex AddressPattern();
}
