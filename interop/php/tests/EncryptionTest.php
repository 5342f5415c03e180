<?php

declare(strict_types=1);

namespace RedisWebToken\Tests;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Keys;
use RedisWebToken\SealedLine;

final class EncryptionTest extends RedisTestCase
{
    private const DATA = ['name' => 'Zoë of the tests'];

    /** @dataProvider clients */
    public function testNothingOfASessionIsReadableInRedis(string $client): void
    {
        $rwt = $this->service($client, [], ['encrypt' => true, 'acceptPlain' => false]);
        $token = $rwt->sign(self::DATA, self::SECRET, ['subject' => 'a user', 'meta' => ['device' => 'iPad']]);
        self::assertSame(['data' => self::DATA, 'subject' => 'a user', 'meta' => ['device' => 'iPad']], array_slice((array) $rwt->session($token, self::SECRET), 0, 3));
        $names = self::namesOf($token);
        self::assertMatchesRegularExpression('/^1 [^\n]{70}\ne1\.[\w-]+\ne1\.[\w-]+$/D', (string) $this->admin->get($names->session));
        self::assertTrue($rwt->update($token, self::SECRET, static fn (array $data): array => $data + ['n' => 1]));
        self::assertSame(self::DATA + ['n' => 1], $rwt->verify($token, self::SECRET));
        self::assertTrue($rwt->updateAll('a user', self::SECRET, self::DATA + ['n' => 2]));
        self::assertMatchesRegularExpression('/^1 [^\n]{20} e1\ne1\.[\w-]+$/D', (string) $this->admin->get((string) $names->person?->person));
        $new = (string) $rwt->rotate($token, self::SECRET);
        self::assertSame(self::DATA + ['n' => 2], $rwt->verify($new, self::SECRET));
        self::assertSame(['device' => 'iPad'], $rwt->list('a user', self::SECRET)['sessions'][0]['meta']);
        self::assertStringNotContainsString('iPad', (string) $this->admin->get($names->session));
        self::assertStringNotContainsString('Zoë', (string) $this->admin->get($names->session));
    }

    public function testALineOpensAtItsOwnPlaceAlone(): void
    {
        $rwt = $this->service('phpredis', [], ['encrypt' => true]);
        [$one, $two] = [$rwt->sign(1, self::SECRET, ['subject' => '42']), $rwt->sign(2, self::SECRET, ['subject' => '42'])];
        [$first, $second] = [self::namesOf($one)->session, self::namesOf($two)->session];
        [$value, $other] = [explode("\n", (string) $this->admin->get($first)), explode("\n", (string) $this->admin->get($second))];
        $changed = [
            'another key' => [$value[0], $other[1], $value[2]],
            'data of another key' => [$value[0], $value[1], $other[2]],
            'another line' => [$value[0], $value[2], $value[1]],
            'another time of signing' => [substr_replace($value[0], '1795000000', 2, 10), $value[1], $value[2]],
            'a changed tag' => [$value[0], $value[1], substr($value[2], 0, -2) . 'AA'],
            'no base64url' => [$value[0], $value[1], $value[2] . '='],
            'too short' => [$value[0], $value[1], 'e1.'],
        ];
        foreach ($changed as $why => $lines) {
            $this->admin->set($first, implode("\n", $lines), 60);
            self::assertFalse($rwt->verify($one, self::SECRET), $why);
        }
        $this->admin->set($first, implode("\n", $value), 60);
        self::assertSame(1, $rwt->verify($one, self::SECRET));
    }

    public function testOpensWithAnySecretOfTheList(): void
    {
        $rwt = $this->service('phpredis', [], ['encrypt' => true]);
        $token = $rwt->sign(1, self::OLDER_SECRET);
        self::assertSame(1, $rwt->verify($token, [self::SECRET, self::OLDER_SECRET]));
        self::assertTrue($rwt->update($token, [self::SECRET, self::OLDER_SECRET], 2));
        self::assertSame(2, $rwt->verify($token, [self::SECRET, self::OLDER_SECRET]));
    }

    public function testWhatAServiceWithMoreSecretsWritesIsReadWithTheSessionsOwnAlone(): void
    {
        $rwt = $this->service('phpredis', [], ['encrypt' => true]);
        $both = [self::SECRET, self::OLDER_SECRET];
        $token = $rwt->sign(1, self::OLDER_SECRET, ['subject' => '42']);
        self::assertTrue($rwt->update($token, $both, 2));
        self::assertSame(2, $rwt->verify($token, self::OLDER_SECRET));
        self::assertTrue($rwt->updateAll('42', $both, 3));
        self::assertSame(3, $rwt->verify($token, self::OLDER_SECRET));
        $token = (string) $rwt->reauthenticate($token, $both, ['amr' => ['otp']]);
        self::assertSame(['otp'], $rwt->session($token, self::OLDER_SECRET)['auth']['amr'] ?? null);
    }

    public function testAcceptPlainHoldsForEachLine(): void
    {
        $plain = $this->service('phpredis');
        $encrypts = $this->service('phpredis', [], ['encrypt' => true]);
        $strict = $this->service('phpredis', [], ['encrypt' => true, 'acceptPlain' => false]);
        self::assertSame(1, $encrypts->verify($plain->sign(1, self::SECRET), self::SECRET));
        self::assertFalse($strict->verify($plain->sign(1, self::SECRET), self::SECRET));
        $token = $strict->sign(1, self::SECRET, ['subject' => '42']);
        $key = self::namesOf($token)->session;
        [$header, $notes, $data] = explode("\n", (string) $this->admin->get($key));
        foreach ([[$header, '{}', $data], [$header, $notes, '1']] as $lines) {
            $this->admin->set($key, implode("\n", $lines), 60);
            self::assertFalse($strict->verify($token, self::SECRET));
            self::assertSame(1, $encrypts->verify($token, self::SECRET));
        }
        $this->admin->set($key, implode("\n", [$header, $notes, $data]), 60);
        self::assertSame(1, $strict->verify($token, self::SECRET));
    }

    /** @dataProvider clients */
    public function testAServiceThatSignsPlainSessionsPutsNoPlainTextInThePlaceOfEncryptedData(string $client): void
    {
        $plain = $this->service($client);
        $strict = $this->service($client, [], ['encrypt' => true, 'acceptPlain' => false]);
        $token = $this->service($client, [], ['encrypt' => true])->sign(1, self::SECRET, ['subject' => '42']);
        self::assertSame(1, $plain->verify($token, self::SECRET));
        self::assertTrue($plain->update($token, self::SECRET, 2));
        self::assertSame(2, $strict->verify($token, self::SECRET));
        self::assertTrue($plain->update($token, self::SECRET, static fn (int $n): int => $n + 1));
        self::assertSame(3, $strict->verify($token, self::SECRET));
        self::assertTrue($plain->updateAll('42', self::SECRET, 4));
        self::assertSame(4, $strict->verify($token, self::SECRET));
    }

    public function testNorWhereThePersonHadPlainDataBefore(): void
    {
        $plain = $this->service('phpredis');
        $before = $plain->sign(1, self::SECRET, ['subject' => '42']);
        self::assertTrue($plain->updateAll('42', self::SECRET, 2));
        $token = $this->service('phpredis', [], ['encrypt' => true])->sign(3, self::SECRET, ['subject' => '42']);
        self::assertSame([2, 3], [$plain->verify($before, self::SECRET), $plain->verify($token, self::SECRET)]);
        self::assertTrue($plain->updateAll('42', self::SECRET, 4));
        $strict = $this->service('phpredis', [], ['encrypt' => true, 'acceptPlain' => false]);
        self::assertSame(4, $strict->verify($token, self::SECRET));
        self::assertSame(4, $plain->verify($before, self::SECRET));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function wrongOptions(): array
    {
        return ['text' => [['acceptPlain' => 'no']], 'a number' => [['encrypt' => 1]], 'neither' => [['encrypt' => false, 'acceptPlain' => false]]];
    }

    /**
     * @dataProvider wrongOptions
     *
     * @param array<string, mixed> $options
     */
    public function testRefusesOptionsThatMakeNoSense(array $options): void
    {
        $this->expectException(InvalidOption::class);
        $this->service('phpredis', [], $options);
    }

    public function testALineHasOneForm(): void
    {
        $keys = Keys::of(self::SECRET);
        $line = SealedLine::seal($keys, "key\n3", 'text', str_repeat("\x01", 12));
        self::assertSame($line, SealedLine::seal($keys, "key\n3", 'text', str_repeat("\x01", 12)));
        self::assertNotSame($line, SealedLine::seal($keys, "key\n3", 'text'));
        self::assertSame('text', SealedLine::open([$keys], "key\n3", $line));
        self::assertNull(SealedLine::open([$keys], "key\n2", $line));
        self::assertNull(SealedLine::open([Keys::of(self::OLDER_SECRET)], "key\n3", $line));
    }
}
