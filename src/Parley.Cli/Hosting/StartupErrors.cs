using System.Data.Common;
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
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        InvalidDataException file => ExplainFile(file),
        IOException { InnerException: AddressInUseException } => ExplainPort(error.Message, settings),
        SocketException => $"Cannot listen on {settings.Host}:{settings.Port}: {error.Message}. Give another --host or --port.",
        DbException when settings.Data is { } data => $"The data folder {data} cannot be used: {error.Message} Give another --data.",
        InvalidOperationException => ExplainValue(error.Message, configuration) ?? error.Message,
        IOException or UnauthorizedAccessException or FormatException => error.Message,
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

    private static string? ExplainValue(string message, IConfiguration? configuration)
    {
        if (ValuePattern().Match(message) is not { Success: true } match)
            return null;
        var (key, type) = (match.Groups["key"].Value, match.Groups["type"].Value);
        return $"{SourceOf(configuration, key)}: {key} must be {Describe(type)}, not '{match.Groups["value"].Value}'.";
    }

    private static string SourceOf(IConfiguration? configuration, string key)
    {
        var provider = (configuration as IConfigurationRoot)?.Providers.LastOrDefault(provider => provider.TryGet(key, out _));
        return provider switch
        {
            FileConfigurationProvider { Source: { Path: { } path } source } => source.FileProvider?.GetFileInfo(path).PhysicalPath ?? path,
            EnvironmentVariablesConfigurationProvider => $"Environment variable {key.Replace(":", "__", StringComparison.Ordinal)}",
            _ => "The configuration",
        };
    }

    private static string Describe(string type) => type switch
    {
        _ when type.Contains("System.TimeSpan", StringComparison.Ordinal) => "a duration such as 00:10:00",
        _ when type.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when IntegerPattern().IsMatch(type) => "a whole number",
        _ when FloatPattern().IsMatch(type) => "a number",
        _ when type.Contains("System.Uri", StringComparison.Ordinal) => "a URL",
        _ when FindEnum(type) is { } names => $"one of {string.Join(", ", names.GetEnumNames())}",
        _ => $"a value of type {type}",
    };

    private static Type? FindEnum(string name) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is { IsEnum: true });

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

    [GeneratedRegex("value(?: '(?<value>.*)')? at '(?<key>[^']+)' to type '(?<type>[^']+)'")]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"System\.U?Int(16|32|64)")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"System\.(Single|Double|Decimal)")]
    private static partial Regex FloatPattern();

    [GeneratedRegex(@"https?://\S+:(?<port>\d+)")]
    private static partial Regex AddressPattern();
}
