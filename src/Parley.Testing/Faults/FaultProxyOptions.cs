using System.Net.Security;

namespace Parley.Testing;

/// <summary>Options of a <see cref="FaultProxy"/>.</summary>
public sealed class FaultProxyOptions
{
    /// <summary>The port on loopback; 0, the default, = a free one.</summary>
    public int Port { get; set; }

    /// <summary>The clock of delays, rates and faults at a time. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Longest time to connect to the upstream; default 10 s. A client whose connection finds no upstream gets HTTP status 502.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Judges the certificate of a <c>wss</c> or <c>https</c> upstream; null, the default, = as the system does.</summary>
    public RemoteCertificateValidationCallback? ServerCertificateValidation { get; set; }
}
