<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

/** Origins of pages: a scheme and a host (RFC 6454). */
final class Origin
{
    /**
     * The characters that an `Origin` header may have (RFC 6454 §7), and those of an international name. `app://.` is Electron's.
     * No page's origin has the scheme ws, wss, ftp or file.
     */
    private const SHAPE = '~^(?!(?:wss?|ftp|file):|.*/\.\w)([a-z][a-z\d+.-]*)://([^\s\x00-\x1f\x7f!-,/;-@\\\\^`{-\~]+)$~iD';
    private const PORTS = ['http' => '80', 'https' => '443'];

    /**
     * Normalizes an origin to the form that browsers send: in lower case, an international name in Punycode (with ext-intl), without a
     * default port, and without the dot at the end of the host's name.
     *
     * @return string|null null for text that no browser sends as an origin, and for `null`, the origin of every sandboxed page
     */
    public static function of(string $text): ?string
    {
        if (preg_match(self::SHAPE, $text, $parts) !== 1) {
            return null;
        }
        // The dot at the end of a host's name is left out: it is the same host.
        $authority = (string) preg_replace('/\.(:\d+)?$/D', '$1', $parts[2]);
        if (preg_match('/^(\[[^\]]*]|[^:[\]]*)(?::(\d*))?$/D', $authority, $place) !== 1) {
            return null;
        }
        $scheme = strtolower($parts[1]);
        $isWeb = isset(self::PORTS[$scheme]);
        $host = self::hostOf(strtolower($place[1]), $isWeb);
        $port = ltrim($place[2] ?? '', '0');
        if ($host === null || (int) $port > 65_535) {
            return null;
        }
        $isDefault = ($place[2] ?? '') === '' || $port === (self::PORTS[$scheme] ?? null);

        return "$scheme://$host" . ($isDefault ? '' : ':' . (int) $port);
    }

    private static function hostOf(string $host, bool $isWeb): ?string
    {
        if (str_starts_with($host, '[')) {
            $bytes = filter_var(substr($host, 1, -1), FILTER_VALIDATE_IP, FILTER_FLAG_IPV6) === false ? false : inet_pton(substr($host, 1, -1));

            return $bytes === false ? null : '[' . inet_ntop($bytes) . ']';
        }
        if (!$isWeb) {
            return $host;
        }
        if (preg_match('/[^\x00-\x7f]/', $host) === 1) {
            $ascii = function_exists('idn_to_ascii') ? idn_to_ascii($host, IDNA_NONTRANSITIONAL_TO_ASCII, INTL_IDNA_VARIANT_UTS46) : false;
            $host = $ascii === false ? '' : $ascii;
        }
        // A name whose last part is a number is an address.
        $isAddress = preg_match('/(^|\.)(\d+|0x[\da-f]*)\.?$/D', $host) === 1;

        return $host === '' || ($isAddress && filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4) === false) ? null : $host;
    }
}
