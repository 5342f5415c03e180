<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\StoreUnavailable;

/** What Redis holds for a one-time token or code. See SPEC.md, "One-time tokens". */
final class OnceValue
{
    /** The header, whose fields have fixed widths, so that a script can read and change them. */
    private const SHAPE = '/^1 ([0-9]{10}) ([0-9]{10}) [0-9]{3} ([A-Za-z0-9_-]{22})/';

    /**
     * Line 2: the subject and the data.
     *
     * @throws DataNotJson where the data isn't JSON
     */
    public static function contents(#[\SensitiveParameter] ?string $subject, #[\SensitiveParameter] mixed $data): string
    {
        return '{' . ($subject === null ? '' : '"sub":' . Json::encode($subject) . ',') . '"data":' . Json::encode($data) . '}';
    }

    /**
     * @param int    $attempts how many wrong guesses a code takes; 0 for a token, which can't be guessed
     * @param string $proof    the token's lookup, or the code's hash: 16 bytes in base64url
     */
    public static function write(int $issuedAt, int $expiresAt, int $attempts, string $proof, #[\SensitiveParameter] string $contents): string
    {
        return sprintf('1 %010d %010d %03d %s', $issuedAt, $expiresAt, $attempts, $proof) . "\n" . $contents;
    }

    /**
     * @param string $proof what it must hold
     *
     * @return array{data: mixed, subject: ?string, issuedAt: int, expiresAt: int}|null null where it is another token's, or of another version
     *
     * @throws StoreUnavailable where it isn't such a value
     */
    public static function read(#[\SensitiveParameter] string $value, string $proof): ?array
    {
        $fields = SessionHeader::match(self::SHAPE, $value);
        if ($fields === null || $fields[3] !== $proof) {
            return null;
        }
        $contents = Json::decode(Lines::split($value)[1] ?? '');
        $isRight = is_array($contents) && array_key_exists('data', $contents)
            && (!array_key_exists('sub', $contents) || is_string($contents['sub']));
        if (!$isRight) {
            throw new StoreUnavailable('reply');
        }

        return [
            'data' => $contents['data'],
            'subject' => $contents['sub'] ?? null,
            'issuedAt' => (int) $fields[1],
            'expiresAt' => (int) $fields[2],
        ];
    }
}
