"""Placeholders in other languages than English: "enter the password here", of words that say nothing else.

A value stands in for another if each of its words is one of these and one of them says to fill in or to change it. The
words are those of Czech, Danish, Dutch, Finnish, French, German, Italian, Norwegian, Polish, Portuguese, Romanian,
Russian, Spanish, Swedish, Turkish and Ukrainian, without accents.
"""

from __future__ import annotations

import re
import unicodedata

from .words import wordset

_FILL_IN = wordset(
    """
    eintragen einfugen einfuegen einsetzen ausfullen ausfuellen eingeben setzen hinterlegen festlegen
    mettre mettez inserer inserez saisir saisissez entrer entrez remplir definir definissez completer completez
    renseigner poner pon ponga insertar inserta ingresar ingrese ingresa rellenar rellena escribir escribe introducir
    configurar inserire inserisci inserite mettere metti compilare scrivere scrivi impostare imposta
    inserir insira colocar coloque preencher preencha defina digite escreva
    invullen invoeren invoegen vul instellen wpisz wpisac podaj podac uzupelnij ustaw ustawic wstaw wstawic
    skriv fyll ange satt indsaet udfyld angiv sett kirjoita syota aseta tayta yaz yazin girin ekle ekleyin
    doplnit dopln doplnte vypln vyplnit vyplnte zadej zadejte nastavit nastavte introduceti completati
    введите введи вставьте вставь вставить укажите укажи указать впишите впиши заполните заполнить
    введіть вкажіть вставте
    """
)
_CHANGE = wordset(
    """
    andern aendern andere aendere aendert geandert ersetzen ersetze ersetzt anpassen
    changer changez change remplacer remplacez modifier modifiez cambiar cambia cambie cambiame reemplazar reemplaza
    modificar modifica cambiare sostituire sostituisci modificare trocar troque mudar mude alterar altere substituir
    substitua vervangen vervang wijzigen wijzig veranderen verander aanpassen zmien zmienic zamien
    byt byta andra ersatt skift aendr erstat bytt bytte endre erstatt vaihda muuta degistir degistirin
    zmen zmenit zmente nahrad nahradit schimba schimbati inlocuiti
    замените замени заменить измените измени изменить смените смени сменить поменяйте поменять замініть змініть
    """
)
_HERE = wordset("hier ici aqui aca qui tutaj har her taha tahan buraya burada zde sem здесь сюда тут aici")
_WHAT = wordset(
    """
    password passwort passwd pass kennwort geheimnis geheim schlussel schluessel wert mot passe motdepasse mdp cle clef
    secret secrete valeur contrasena clave secreto valor senha chave segredo parola chiave segreto
    valore wachtwoord sleutel
    waarde haslo klucz sekret wartosc losenord nyckel hemlighet varde adgangskode nogle noegle vaerdi passord nokkel
    verdi salasana avain arvo sifre sifreyi anahtar deger heslo klic hodnota пароль ключ секрет токен значение
    token api key db database datenbank base datos banco dados admin user benutzer utilisateur usuario utente
    gebruiker uzytkownik smtp mail email jwt app name nom nome nombre naam
    """
)
_BETWEEN = wordset(
    """
    dein deine deinen ihr ihre ihren mein mich das den die der ein eine dieses diesen dies bitte noch in im fur fuer vor
    votre vos ton ta le la les un une mon cette ce ca svp moi a de du des en avant pour
    tu su sus el una esta este esto mi me por favor antes que se il lo tua tuo vostra questa questo per prima di da
    sua seu o uma um isso isto jouw je uw het een mij dit deze in voor twoje twoj swoje swoj to mnie ten przed w
    ditt din dit mig meg inn i ut det detta dette sinun oma tama beni bunu kendi svuj sve toto me vas
    ваш ваше свой твой это этот меня свій цей до
    production produccion producao produzione produktion produkcji prod
    """
)
_ANY = _FILL_IN | _CHANGE | _HERE | _WHAT | _BETWEEN
_SEPARATOR = re.compile(r"[-_ .:!…]+")
_SPELLED = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "\u0131": "i"})
_LEAST = 2  # one word alone may be anything
_MOST = 8


def says(text: str) -> str:
    """Return "yourhere" or "changeme" for a text in lower case that says so in another language, else nothing."""
    words = [word for word in _SEPARATOR.split(_without_accents(text)) if word] if len(text) < 80 else []
    if not _LEAST <= len(words) <= _MOST or not _ANY.issuperset(words):
        return ""
    if not _CHANGE.isdisjoint(words):
        return "changeme"
    return "" if (_FILL_IN | _HERE).isdisjoint(words) else "yourhere"


def _without_accents(text: str) -> str:
    # Of Cyrillic letters, the breve and the diaeresis are parts: they are put together again.
    if text.isascii():
        return text
    plain = (_base(letter) for letter in unicodedata.normalize("NFC", text))
    return "".join(plain).translate(_SPELLED)


def _base(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() else letter
